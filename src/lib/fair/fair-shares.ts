import { Account } from './account.ts'
import type { FairSharesInit, Introducer } from './types.ts'

/** Why an introducer may not have more, and who would have to give up room. */
export type Claim =
  /** There is room. */
  | { fits: true }
  /** The introducer named has to give up room first; it may be the one that asks. */
  | { fits: false; from: string }
  /** No one can make that much room. */
  | { fits: false; from?: undefined }

const NETWORK = 'network'
const HOST = 'host'
const SELF = 'self'

/**
 * Divides room among introducers: by network, in each network by host, in each
 * host by introducer. When room is short, whoever holds the most has to give
 * some up: first the network, then the host in it, then the introducer. Who asks
 * counts as if it had got what it asks for, and loses a tie, so that nothing
 * moves to and fro; where entries may be replaced, who holds nothing wins it. Many identities of one machine, and many machines of one
 * network, have no more than one of them alone would.
 *
 * An introducer that holds no more than its share (the room divided by the
 * networks, hosts and introducers there are) never loses any of it.
 */
export class FairShares {
  readonly #max: number
  readonly #reserved: number
  readonly #maxEach: number
  readonly #replacesEqual: boolean
  readonly #chosen = new Account('chosen')
  readonly #others = new Account('others')
  /** The account of each introducer that holds something. */
  readonly #accounts = new Map<string, Account>()

  /** @param replacesEqual - whether who holds nothing takes from one that would hold as much */
  constructor(init: FairSharesInit, replacesEqual = false) {
    this.#replacesEqual = replacesEqual
    this.#max = init.max
    this.#reserved = init.reserved ?? 0
    this.#maxEach = init.maxEach ?? init.max
  }

  /** What all hold. */
  get held(): number {
    return this.#chosen.held + this.#others.held
  }

  /** What one introducer holds. */
  heldBy(id: string): number {
    return this.#accounts.get(id)?.held ?? 0
  }

  /** Whether the introducer may have so much more now, and otherwise who has to give up room. */
  claim(introducer: Introducer, amount: number): Claim {
    const { id, chosen = false } = introducer
    const common = this.#max - this.#reserved

    if (amount > Math.min(this.#maxEach, chosen ? this.#max : common)) {
      return { fits: false }
    }

    if (this.heldBy(id) + amount > this.#maxEach) {
      return { fits: false, from: id }
    }

    const free = this.#max - this.held
    const freeForOthers = Math.min(free, common - this.#others.held)

    return amount <= (chosen ? free : freeForOthers)
      ? { fits: true }
      : { fits: false, from: this.#largest(introducer, amount) }
  }

  /** Notes that the introducer holds so much more. */
  add(introducer: Introducer, amount: number): void {
    const account = this.#accountOf(introducer)

    account.change(amount)
    this.#accounts.set(introducer.id, account)
  }

  /** Notes that it holds so much less. */
  remove(id: string, amount: number): void {
    const account = this.#accounts.get(id)

    account?.change(-amount)

    if (account != null && account.held <= 0) {
      this.#accounts.delete(id)
    }
  }

  /** The account by where the introducer is now; what it held where it was before comes along. */
  #accountOf(introducer: Introducer): Account {
    const { id } = introducer
    const before = this.#accounts.get(id)
    const names = path(introducer)
    const root = this.#rootOf(introducer)

    if (before != null && isAt(before, root, names)) {
      return before
    }

    const held = before?.held ?? 0

    before?.change(-held)

    const account = names.reduce((parent, name) => parent.obtain(name), root)

    if (held > 0) {
      account.change(held)
    }

    return account
  }

  #rootOf({ chosen = false }: Introducer): Account {
    return chosen ? this.#chosen : this.#others
  }

  #largest(introducer: Introducer, amount: number): string | undefined {
    const own = this.#rootOf(introducer)
    const common = this.#max - this.#reserved
    const commonIsShort = own === this.#others && this.#others.held + amount > common
    // what chosen introducers hold within the reserve is out of reach
    const roots =
      !commonIsShort && (own === this.#chosen || this.#chosen.held > this.#reserved)
        ? [this.#chosen, this.#others]
        : [own]
    const candidates = roots.map((root) =>
      this.#leaf(root, root === own ? path(introducer) : undefined, amount)
    )

    const losesTie = !this.#replacesEqual || this.heldBy(introducer.id) > 0

    // of two the one of the larger network
    candidates.sort(
      (a, b) => b.networkHeld - a.networkHeld || (losesTie ? 1 : -1) * (Number(b.own) - Number(a.own))
    )

    return candidates[0]?.own === true ? introducer.id : candidates[0]?.id
  }

  /** Goes down to the introducer that holds the most, with what is asked for counted on the way of who asks. */
  #leaf(root: Account, own: string[] | undefined, amount: number): Candidate {
    let account: Account | undefined = root
    let onOwnWay = own != null
    let networkHeld = 0

    for (const level of [0, 1, 2]) {
      const largest: Account | undefined = account?.largest
      const ownChild: Account | undefined = account?.child(own?.[level] ?? '')
      const most: number = largest?.held ?? 0
      const ownMost: number = (ownChild?.held ?? 0) + amount
      const losesTie: boolean = ownChild != null || !this.#replacesEqual || largest == null

      onOwnWay &&= ownMost > most || (ownMost === most && losesTie)
      account = onOwnWay ? ownChild : largest

      if (level === 0) {
        networkHeld = onOwnWay ? ownMost : most
      }
    }

    return { id: account?.name, own: onOwnWay, networkHeld }
  }
}

/** Network, host and introducer; what is not known stands alone. */
function path({ id, host, subnet }: Introducer): [string, string, string] {
  const ofHost = host == null ? `${SELF} ${id}` : `${HOST} ${host}`

  return [subnet == null ? ofHost : `${NETWORK} ${subnet}`, ofHost, id]
}

function isAt(account: Account, root: Account, names: string[]): boolean {
  const found = names.reduce<Account | undefined>((parent, name) => parent?.child(name), root)

  return found === account
}

interface Candidate {
  /** Undefined where nothing is held. */
  id?: string
  /** Whether it is who asks. */
  own: boolean
  networkHeld: number
}
