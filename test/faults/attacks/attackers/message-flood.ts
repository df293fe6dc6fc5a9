/** Sends different messages, each of them well made, as fast as they are taken. */
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { join } from '../support/bytes.ts'
import { envelope, members, wrapper } from '../support/protocols.ts'
import { flood } from '../support/flood.ts'

const BATCH = 500

const { targets } = attackArgs()
const attacker = await Attacker.create()
const alive = wrapper(attacker.peerId, members.alive())
let seqno = BigInt(Date.now()) * 1_000n

await flood(attacker, targets, () =>
  join(...Array.from({ length: BATCH }, () => envelope({ wrapper: alive, seqno: seqno++ })))
)
