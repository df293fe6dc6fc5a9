/** The objects in members of others that are watched too, by the names of places in docs/reference.md. */
const NESTED: Readonly<Record<string, string>> = {
  'node.nebula': 'overlay',
  'node.libp2p': 'node.libp2p',
  'overlay.propagator': 'overlay.propagator'
}

/** What was used of objects: `overlay.connect()`, `overlay.running`, `event link:open`. */
export class Uses {
  readonly #names = new Set<string>()

  has(name: string): boolean {
    return this.#names.has(name)
  }

  clear(): void {
    this.#names.clear()
  }

  add(name: string): void {
    this.#names.add(name)
  }

  /** Notes every key of a configuration that is given. */
  addKeys(config: object, path = 'key '): void {
    for (const [name, value] of Object.entries(config)) {
      if (value != null && typeof value === 'object' && !Array.isArray(value)) {
        this.addKeys(value as object, `${path}${name}.`)
      } else {
        this.add(path + name)
      }
    }
  }

  /** The same object, whose uses are noted: a method when it is called. */
  watch<T extends object>(name: string, object: T): T {
    return new Proxy(object, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target)
        const place = `${name}.${String(key)}`

        if (typeof value === 'function') {
          return (...args: unknown[]): unknown => {
            this.add(key === 'addEventListener' ? `event ${String(args[0])}` : `${place}()`)

            return Reflect.apply(value, target, args)
          }
        }

        this.add(place)

        const nested = NESTED[place]

        return nested == null ? value : this.watch(nested, value as object)
      }
    })
  }
}
