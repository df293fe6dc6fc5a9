import { Document, Scalar, isMap } from 'yaml'
import { CONFIG_GROUPS, CONFIG_KEYS } from './keys.ts'
import { setValue, valueAt } from './paths.ts'
import type { Config } from './schema.ts'

/**
 * The configuration as a YAML file with the meaning of each key above it.
 * Loading the file gives the same configuration.
 */
export function printConfig(config: Config): string {
  const ordered = {}

  for (const { parts } of CONFIG_KEYS) {
    setValue(ordered, parts, valueAt(config, parts))
  }

  const document = new Document(ordered, { aliasDuplicateObjects: false })

  for (const { path, description } of [...CONFIG_GROUPS, ...CONFIG_KEYS]) {
    comment(document, path.split('.'), description)
  }

  return document.toString({ lineWidth: 0 })
}

function comment(document: Document, path: string[], text: string): void {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1)) : document.contents
  const pair = isMap(parent) ? parent.items.find(({ key }) => String(key) === path.at(-1)) : undefined

  if (pair != null) {
    const key = new Scalar(path.at(-1))
    key.commentBefore = ` ${text}`
    pair.key = key
  }
}
