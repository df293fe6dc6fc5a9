/** Passes on messages of a peer that never wrote them, under signatures that are random, cut short, or somebody else's. */
import { randomBytes } from 'node:crypto'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { envelope, members, signedBytes, wrapper } from '../support/protocols.ts'
import { push } from '../support/push.ts'

const { targets } = attackArgs()
const key = await generateKeyPair('Ed25519')
const source = peerIdFromPrivateKey(key).toString()
const bytes = wrapper(source, members.federationStart('now'))
const seqno = BigInt(Date.now()) * 1_000n
const genuine = await key.sign(signedBytes(source, seqno, bytes))

const signatures: Array<(attacker: Attacker) => Promise<Uint8Array>> = [
  async () => randomBytes(64),
  async () => new Uint8Array(64),
  async () => genuine.subarray(0, 63),
  async (attacker) => attacker.sign(source, seqno, bytes),
  // the right one, for another number
  async () => key.sign(signedBytes(source, seqno + 1n, bytes))
]

for (const make of signatures) {
  const attacker = await Attacker.create()
  const forged = envelope({ wrapper: bytes, seqno, signature: await make(attacker), hops: 1 })

  for (const target of targets) {
    void attacker.insist(target, async () => {
      await push(await attacker.messages(target), forged)
    })
  }
}
