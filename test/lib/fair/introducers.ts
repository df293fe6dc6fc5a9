import * as fc from 'fast-check'
import type { Introducer } from '../../../src/lib/fair/index.ts'

/** An introducer by its numbers: the same id is always at the same place. */
export function introducer(subnet: number, host: number, peer: number, chosen = false): Introducer {
  return {
    id: `${subnet}.${host}.${peer}${chosen ? ' chosen' : ''}`,
    host: `${subnet}.${host}`,
    subnet: `${subnet}`,
    chosen
  }
}

/** Three networks of up to three hosts with up to four peers each, some chosen. */
export const someIntroducer: fc.Arbitrary<Introducer> = fc
  .tuple(fc.nat(2), fc.nat(2), fc.nat(3), fc.integer({ min: 0, max: 4 }))
  .map(([subnet, host, peer, chosen]) => introducer(subnet, host, peer, chosen === 0))
