import { Document, isMap } from 'yaml'
import { CONFIG_GROUPS } from './keys.ts'
import { setValue, valueAt } from './paths.ts'
import type { Config } from './schema.ts'
import type { Pair } from 'yaml'

/**
 * The configuration as a YAML file with the meaning of each key above it.
 * Loading the file gives the same configuration.
 */
export function printConfig(config: Config): string {
  const ordered = {}

  for (const { parts } of CONFIG_GROUPS.flatMap(({ keys }) => keys)) {
    setValue(ordered, parts, valueAt(config, parts))
  }

  const document = new Document(ordered)

  for (const { path, description, keys } of CONFIG_GROUPS) {
    const parts = path === '' ? [] : path.split('.')

    comment(document, parts, description)
    keys.forEach((key) => comment(document, key.parts, key.description))
  }

  return document.toString({ lineWidth: 0 })
}

function comment(document: Document, path: string[], text: string): void {
  const name = path.at(-1)
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1)) : document.contents

  if (name == null || !isMap(parent)) {
    return
  }

  const pair = (parent.items as Pair[]).find(({ key }) => String(key) === name)

  if (pair != null) {
    pair.key = document.createNode(name)
    ;(pair.key as { commentBefore?: string }).commentBefore = ` ${text}`
  }
}
