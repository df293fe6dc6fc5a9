/** docs/reference.md: what does here what each member of NEBULA's CommunicationsManager does. */
import { REFERENCE } from './entries/index.ts'
import { REFERENCE_MEMBERS } from './members.ts'
import type { ReferenceMember } from './members.ts'
import type { Place, ReferenceEntry, ReferenceSection } from './types.ts'

const INTRODUCTION = `# Moving from NEBULA's CommunicationsManager

Every member of the \`CommunicationsManager\` of [NEBULA](https://github.com/CyberDataLab/nebula)
(\`nebula/core/network/communications.py\`), what does the same here, and what differs. A test calls each on a running
federation.

\`node\` is what \`createNode\` returns, \`overlay\` its \`nebula\`, or \`libp2p.services.nebula\` of a node of your own, and
\`engine\` the engine that you pass. Keys are those of the [configuration](config.md), events those of
\`overlay.addEventListener\`.

Three differences hold for all of it:

- Peers are named by PeerId and dialled by multiaddr, instead of both by \`host:port\`.
- Times are milliseconds instead of seconds.
- A call that fails rejects with an error that has a name and a reason, instead of logging and returning nothing.
`

export function referencePage(): string {
  return [INTRODUCTION, ...REFERENCE.map(sectionText)].join('\n')
}

function sectionText({ title, entries }: ReferenceSection): string {
  const rows = Object.values(entries).map(row)

  return `## ${title}\n\n| Reference | Here | What differs, and why |\n| --- | --- | --- |\n${rows.join('\n')}\n`
}

function row({ members, here, difference }: ReferenceEntry): string {
  return `| ${members.map(memberText).join('<br>')} | ${here.map(placeText).join('<br>')} | ${difference} |`
}

function memberText(member: ReferenceMember): string {
  const args = REFERENCE_MEMBERS[member]

  return args == null ? `\`${member}\`` : `\`${member}(${args})\``
}

function placeText(place: Place): string {
  const [kind = '', name] = place.split(' ')

  return name == null ? `\`${place}\`` : `${kind} \`${name}\``
}
