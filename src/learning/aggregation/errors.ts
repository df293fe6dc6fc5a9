/** There are fewer updates than the strategy needs. */
export class NotEnoughUpdatesError extends Error {
  readonly needed: number
  readonly found: number

  constructor(strategy: string, needed: number, found: number) {
    super(
      `${strategy} needs ${needed} usable update${needed === 1 ? '' : 's'}, and there ${found === 1 ? 'is' : 'are'} ${found}`
    )
    this.name = 'NotEnoughUpdatesError'
    this.needed = needed
    this.found = found
  }
}
