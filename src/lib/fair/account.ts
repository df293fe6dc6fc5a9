/**
 * What somebody holds: an introducer, or all of a host, of a network or of the
 * whole ledger. The children are a heap, so that the one that holds the most is
 * found at once and a change costs the logarithm of their number.
 */
export class Account {
  readonly name: string
  readonly parent: Account | undefined
  #held = 0
  readonly #children = new Map<string, Account>()
  /** A binary heap, the child that holds the most first. */
  readonly #heap: Account[] = []
  /** The place in the heap of the parent. */
  #index = 0

  constructor(name: string, parent?: Account) {
    this.name = name
    this.parent = parent
  }

  get held(): number {
    return this.#held
  }

  child(name: string): Account | undefined {
    return this.#children.get(name)
  }

  /** The child that holds the most. */
  get largest(): Account | undefined {
    return this.#heap[0]
  }

  obtain(name: string): Account {
    let child = this.#children.get(name)

    if (child == null) {
      child = new Account(name, this)
      child.#index = this.#heap.push(child) - 1
      this.#children.set(name, child)
    }

    return child
  }

  /** Changes what this account and all above it hold. An account that holds nothing is gone. */
  change(amount: number): void {
    this.#held += amount

    if (this.parent == null) {
      return
    }

    this.parent.#move(this)

    if (this.#held <= 0) {
      this.parent.#remove(this)
    }

    this.parent.change(amount)
  }

  #remove(child: Account): void {
    const last = this.#heap.pop()

    this.#children.delete(child.name)

    if (last != null && last !== child) {
      this.#put(last, child.#index)
      this.#move(last)
    }
  }

  /** Restores the order of the heap around a child whose amount has changed. */
  #move(child: Account): void {
    this.#up(child)
    this.#down(child)
  }

  #up(child: Account): void {
    while (child.#index > 0) {
      const above = this.#heap[(child.#index - 1) >> 1]

      if (above == null || above.#held >= child.#held) {
        return
      }

      this.#swap(child, above)
    }
  }

  #down(child: Account): void {
    for (;;) {
      const left = this.#heap[2 * child.#index + 1]
      const right = this.#heap[2 * child.#index + 2]
      const larger = right != null && left != null && right.#held > left.#held ? right : left

      if (larger == null || larger.#held <= child.#held) {
        return
      }

      this.#swap(child, larger)
    }
  }

  #swap(a: Account, b: Account): void {
    const index = a.#index

    this.#put(a, b.#index)
    this.#put(b, index)
  }

  #put(child: Account, index: number): void {
    this.#heap[index] = child
    child.#index = index
  }
}
