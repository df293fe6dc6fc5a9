import { Libp2pOptionsError } from './errors.ts'

/**
 * The factories of a list, the node's own first. libp2p learns the name of what
 * a factory makes only when it calls it, and lets the later one of a name take
 * the place of the earlier one; here that is an error.
 *
 * @param remedy - what to do about a name that is there twice
 */
export function namedOnce<C, T>(
  option: string,
  factories: Array<(components: C) => T>,
  nameOf: (made: T) => string,
  remedy: string
): Array<(components: C) => T> {
  const names = new Set<string>()

  return factories.map((create) => (components) => {
    const made = create(components)
    const name = nameOf(made)

    if (names.has(name)) {
      throw new Libp2pOptionsError(option, `${name} is there twice. ${remedy}`)
    }

    names.add(name)

    return made
  })
}
