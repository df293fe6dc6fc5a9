import { readFileSync } from 'node:fs'

/** Where package.json is, seen from the source and from the built file. */
const PLACES = ['../../package.json', '../../../package.json']

/** The version in package.json, which has it alone. */
export function packageVersion(): string {
  for (const place of PLACES) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as {
        name?: string
        version?: string
      }

      if (name === 'nebula-overlay' && version != null) {
        return version
      }
    } catch {
      continue
    }
  }

  return '0.0.0'
}
