/** Values in nested plain objects, by their path. */

export type Path = readonly PropertyKey[]

/** The value at the path, own properties only; `undefined` where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root

  for (const part of path) {
    if (typeof value !== 'object' || value == null || !Object.hasOwn(value, part)) {
      return undefined
    }

    value = (value as Record<PropertyKey, unknown>)[part]
  }

  return value
}

/** Sets the value, making the objects on the way. The path is one of the schema's own, never a user's. */
export function setValue(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path

  if (first == null) {
    return
  }

  if (rest.length === 0) {
    root[first] = value

    return
  }

  const child = (root[first] ?? {}) as Record<string, unknown>
  root[first] = child
  setValue(child, rest, value)
}

/** `links.maxLinks`, `listen[0]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${String(part)}`,
    ''
  )
}
