import { CONFIG_GROUPS } from './keys.ts'
import type { ConfigGroup, ConfigKey } from './keys.ts'

const INTRODUCTION = `# Configuration

A node takes each key from the first of these that has it: a flag of the \`nebula\` command, an environment
variable, the file (\`--config FILE\` or \`NEBULA_CONFIG\`; YAML or JSON), the default. A list replaces the list
it overrides. Unknown keys and unknown \`NEBULA_\` variables are errors.

- Durations are milliseconds, or text with a unit: \`500ms\`, \`10s\`, \`2m\`, \`1h\`, \`1d\`.
- Sizes are bytes, or text with a unit: \`64KiB\`, \`1MiB\`, \`1GiB\`, \`64kB\`, \`1MB\`, \`1GB\`.
- In variables, lists are separated by commas or spaces, \`true\` and \`false\` may be \`1\` and \`0\`, \`none\` is the
  empty list or no \`dataDir\`, and an empty variable counts as not set.
- Without a \`dataDir\` the command uses \`$XDG_DATA_HOME/nebula\`, or \`~/.local/share/nebula\`; \`createNode\` keeps
  nothing on disk.
`

/** The keys, variables, types, defaults and meanings as a Markdown page. */
export function configReference(): string {
  return [INTRODUCTION, ...CONFIG_GROUPS.map(section)].join('\n')
}

function section({ path, description, keys }: ConfigGroup): string {
  const title = path === '' ? '## The node' : `## \`${path}\`\n\n${description}`
  const rows = keys.map(row)

  if (keys.length === 0) {
    return `${title}\n`
  }

  return `${title}\n\n| Key | Variable | Type | Default | Meaning |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`
}

function row({ path, variable, type, default: value, description }: ConfigKey): string {
  const cells = [`\`${path}\``, `\`${variable}\``, type, `\`${JSON.stringify(value)}\``, description]

  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
