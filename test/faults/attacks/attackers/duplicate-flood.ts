/** Sends one message over and over. */
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { join } from '../support/bytes.ts'
import { envelope, members, wrapper } from '../support/protocols.ts'
import { flood } from '../support/flood.ts'

const { targets } = attackArgs()
const attacker = await Attacker.create()
const ready = envelope({
  wrapper: wrapper(attacker.peerId, members.federationReady()),
  seqno: BigInt(Date.now()) * 1_000n
})
const batch = join(...Array<Uint8Array>(500).fill(ready))

await flood(attacker, targets, () => batch)
