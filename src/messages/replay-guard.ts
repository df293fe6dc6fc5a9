import { MAX_REPLAY_ORIGINS, REPLAY_WINDOW } from './constants.ts'
import { ReplayWindow } from './replay-window.ts'

export interface ReplayGuardInit {
  /** @default 1_024 */
  window?: number
  /** @default 10_000 */
  maxOrigins?: number
}

/** The group of the origins that are linked peers themselves. */
const LINKED = 'linked'

/** The group of the origins for which no linked peer stands any more. */
const GONE = 'gone'

interface Origin {
  readonly window: ReplayWindow
  /** `LINKED`, `GONE`, or the linked peer that handed the origin's messages on. */
  group: string
  /** Another linked peer that has handed some on. */
  other?: string
}

/**
 * A replay window for each origin. Anybody can make up origins, so each linked
 * peer has a share of the table: where it is full, an origin of the peer that
 * brought the most makes room, the one unheard the longest. Those that are
 * linked themselves stay, and those of another peer too.
 */
export class ReplayGuard {
  readonly #window: number
  readonly #maxOrigins: number
  readonly #origins = new Map<string, Origin>()
  /** The origins of each group, in the order last heard. */
  readonly #groups = new Map<string, Set<string>>()
  readonly #links = new Set<string>()

  constructor(init: ReplayGuardInit = {}) {
    this.#window = init.window ?? REPLAY_WINDOW
    this.#maxOrigins = init.maxOrigins ?? MAX_REPLAY_ORIGINS
  }

  get size(): number {
    return this.#origins.size
  }

  /** Whether anything of the origin was accepted and is remembered. */
  has(origin: string): boolean {
    return this.#origins.has(origin)
  }

  /** Whether the origin's number was seen. */
  knows(origin: string, seqno: bigint): boolean {
    return this.#origins.get(origin)?.window.has(seqno) === true
  }

  /** The origin's greatest number, where this one is so far behind it that it is taken for seen. */
  behind(origin: string, seqno: bigint): bigint | undefined {
    return this.#origins.get(origin)?.window.behind(seqno)
  }

  /**
   * Whether the origin's message, which a peer sent, is new; only verified ones
   * may be asked for, or anybody could use up numbers.
   */
  accept(origin: string, seqno: bigint, from: string): boolean {
    const known = this.#origins.get(origin)

    if (known != null) {
      this.#put(origin, known, known.group)
      this.vouch(origin, from)

      return known.window.accept(seqno)
    }

    const added = { window: new ReplayWindow(this.#window), group: GONE }

    this.#origins.set(origin, added)
    this.#put(origin, added, this.#links.has(origin) ? LINKED : this.#links.has(from) ? from : GONE)

    if (this.#origins.size > this.#maxOrigins) {
      this.#makeRoom()
    }

    return added.window.accept(seqno)
  }

  /** A peer sent what the origin had written, known or not; the origin need not go with those of one peer alone. */
  vouch(origin: string, from: string): void {
    const known = this.#origins.get(origin)

    if (known == null || from === origin || from === known.group || !this.#links.has(from)) {
      return
    }

    if (known.group === GONE) {
      this.#put(origin, known, from)
    } else if (known.other == null || this.#sizeOf(from) < this.#sizeOf(known.other)) {
      known.other = from
    }
  }

  /** The peer is linked from now on. */
  link(peer: string): void {
    const known = this.#origins.get(peer)

    this.#links.add(peer)

    if (known != null) {
      this.#put(peer, known, LINKED)
    }
  }

  /** The peer is no longer linked; what only it stood for makes room like what a single peer brought. */
  unlink(peer: string): void {
    const itself = this.#origins.get(peer)

    this.#links.delete(peer)

    if (itself?.group === LINKED) {
      this.#leave(peer, itself)
    }

    for (const origin of this.#groups.get(peer) ?? []) {
      const known = this.#origins.get(origin)

      if (known != null) {
        this.#leave(origin, known)
      }
    }
  }

  clear(): void {
    this.#origins.clear()
    this.#groups.clear()
  }

  #leave(origin: string, known: Origin): void {
    const { other } = known

    known.other = undefined
    this.#put(origin, known, other != null && this.#links.has(other) ? other : GONE)
  }

  #makeRoom(): void {
    for (;;) {
      const name = this.#largest()
      const [oldest] = this.#groups.get(name) ?? []
      const known = this.#origins.get(oldest ?? '')

      if (oldest == null || known == null) {
        return
      }

      const { other } = known

      if (other == null || !this.#links.has(other) || this.#sizeOf(other) + 1 >= this.#sizeOf(name)) {
        this.#remove(oldest, known)

        return
      }

      // a peer that brought fewer stands for it too
      known.other = undefined
      this.#put(oldest, known, other)
    }
  }

  /** The group with the most origins; that of the linked ones only where there is no other. */
  #largest(): string {
    let largest = LINKED
    let size = 0

    for (const [name, group] of this.#groups) {
      if (name !== LINKED && group.size > size) {
        largest = name
        size = group.size
      }
    }

    return largest
  }

  #sizeOf(group: string): number {
    return this.#groups.get(group)?.size ?? 0
  }

  /** Puts an origin into a group, as the one heard last. */
  #put(origin: string, known: Origin, name: string): void {
    this.#take(origin, known)
    known.group = name

    const group = this.#groups.get(name)

    if (group == null) {
      this.#groups.set(name, new Set([origin]))
    } else {
      group.add(origin)
    }
  }

  #remove(origin: string, known: Origin): void {
    this.#take(origin, known)
    this.#origins.delete(origin)
  }

  #take(origin: string, { group: name }: Origin): void {
    const group = this.#groups.get(name)

    group?.delete(origin)

    if (group?.size === 0) {
      this.#groups.delete(name)
    }
  }
}
