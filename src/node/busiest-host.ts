/** The first of the host that has the most: who comes from few places gives way before all others. */
export function firstOfBusiestHost<T extends { host: string }>(items: Iterable<T>): T | undefined {
  let most: T[] = []

  for (const those of Map.groupBy(items, ({ host }) => host).values()) {
    most = those.length > most.length ? those : most
  }

  return most[0]
}
