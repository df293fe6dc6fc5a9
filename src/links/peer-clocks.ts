import { MAX_CLOCK_DIFFERENCE_MS } from './constants.ts'
import type { Link } from './link.ts'
import type { Warnings } from '../warnings/index.ts'

export interface PeerClocksComponents {
  links: Iterable<Link>
  warnings: Pick<Warnings, 'raise' | 'end'>
}

/**
 * Warns of peers whose clock differs from this node's. No link depends on it;
 * but times in logs, and certificates that other programs check, do. A peer says
 * its time in the handshake only: that its clock was set right since is noticed
 * with the next link.
 */
export class PeerClocks {
  readonly #components: PeerClocksComponents

  constructor(components: PeerClocksComponents) {
    this.#components = components
  }

  /** A link was made: the peer has said what time it has. */
  linked({ peer, clockDifference }: Link): void {
    if (clockDifference == null) {
      return
    }

    if (!differs(clockDifference)) {
      this.#components.warnings.end('clock-differs', peer.toString())

      return
    }

    const side = clockDifference > 0 ? 'ahead of' : 'behind'

    this.#components.warnings.raise({
      code: 'clock-differs',
      subject: peer.toString(),
      message:
        `The clock of ${peer} is ${describeDuration(Math.abs(clockDifference))} ${side} the clock of this node. ` +
        'They are linked all the same; set the clock that is wrong'
    })
  }

  /**
   * This node's clock has leapt, as when it is set after the start. What that
   * makes right is over; nothing is raised, for a machine that slept leaps too.
   */
  leapt(ms: number): void {
    for (const link of this.#components.links) {
      if (link.clockDifference != null && !differs(link.clockDifference - ms)) {
        this.#components.warnings.end('clock-differs', link.peer.toString())
      }
    }
  }
}

function differs(ms: number): boolean {
  return Math.abs(ms) > MAX_CLOCK_DIFFERENCE_MS
}

const UNITS = [
  ['year', 365 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000]
] as const

/** In the greatest unit of which there is more than one; `90 minutes`, `36 hours`. */
function describeDuration(ms: number): string {
  for (const [unit, length] of UNITS) {
    if (ms >= 1.5 * length) {
      const count = Math.round(ms / length)

      return `${count} ${unit}${count === 1 ? '' : 's'}`
    }
  }

  return `${Math.round(ms / 1_000)} seconds`
}
