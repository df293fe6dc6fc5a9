import { MAX_MEMBERS_TOLD, MAX_MEMBERS_TOLD_PER_HOST } from './constants.ts'
import type { Warnings } from '../warnings/index.ts'

const CODE = 'member-not-joined'

/**
 * The warnings of found members that cannot be joined. Members are free to make
 * up: a few are told one by one, fewer of one host, and the rest in one warning.
 */
export class MembersNotJoined {
  readonly #warnings: Pick<Warnings, 'raise' | 'end'>
  /** The host of each that has a warning of its own. */
  readonly #told = new Map<string, string>()
  readonly #rest = new Set<string>()

  constructor(warnings: Pick<Warnings, 'raise' | 'end'>) {
    this.#warnings = warnings
  }

  /** @param host - where the member is said to be */
  raise(member: string, host: string, error: Error): void {
    if (this.#told.has(member) || this.#rest.has(member)) {
      return
    }

    const ofHost = [...this.#told.values()].filter((one) => one === host).length

    if (this.#told.size < MAX_MEMBERS_TOLD && ofHost < MAX_MEMBERS_TOLD_PER_HOST) {
      this.#told.set(member, host)
      this.#warnings.raise({
        code: CODE,
        subject: member,
        message: `The member ${member} was found, but cannot be joined: ${error.message}. It is tried again`,
        error
      })

      return
    }

    this.#rest.add(member)
    // once, as long as it has not ended
    this.#warnings.raise({
      code: CODE,
      message:
        'More members were found that cannot be joined; they are tried again. Where these do not exist, a machine on the LAN announces made-up ones'
    })
  }

  /** The member is linked, or no longer wanted. */
  end(member: string): void {
    if (this.#told.delete(member)) {
      this.#warnings.end(CODE, member)
    } else if (this.#rest.delete(member) && this.#rest.size === 0) {
      this.#warnings.end(CODE)
    }
  }
}
