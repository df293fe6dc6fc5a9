/** Says that it is a proxy, and hands on what an origin that nobody knows has signed, each message another, as fast as it is taken. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { join } from '../support/bytes.ts'
import { envelope, members, signedBytes, wrapper } from '../support/protocols.ts'
import { flood } from '../support/flood.ts'

const BATCH = 500
/** Signed before it begins: on a busy machine it signs no faster than the others may verify. */
const PREPARED = 10

const { targets } = attackArgs()
const attacker = await Attacker.create()
const key = await generateKeyPair('Ed25519')
const source = peerIdFromPrivateKey(key).toString()
const alive = wrapper(source, members.alive())
let next = BigInt(Date.now()) * 1_000n

async function batch(): Promise<Uint8Array> {
  return join(
    ...(await Promise.all(
      Array.from({ length: BATCH }, async () => {
        const seqno = next++

        return envelope({
          wrapper: alive,
          seqno,
          signature: await key.sign(signedBytes(source, seqno, alive)),
          hops: 1
        })
      })
    ))
  )
}

const prepared: Uint8Array[] = []

while (prepared.length < PREPARED) {
  prepared.push(await batch())
}

await flood(attacker, targets, async () => prepared.pop() ?? (await batch()))
