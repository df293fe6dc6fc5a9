/**
 * Has a node pass on what a made-up origin says, makes it forget that by a
 * crowd of other origins, and has it pass on the same again, so that it looks
 * to its neighbours like one that repeats itself.
 */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { join } from '../support/bytes.ts'
import { envelope, members, MESSAGE, signedBytes, wrapper } from '../support/protocols.ts'
import { push } from '../support/push.ts'
import { report } from '../support/report.ts'

const { targets, crowd, repeated } = attackArgs()
const begin = BigInt(Date.now()) * 1_000n

/** Messages of one origin that nobody has. */
async function written(texts: string[], member: (text: string) => Uint8Array): Promise<Uint8Array> {
  const key = await generateKeyPair('Ed25519')
  const source = peerIdFromPrivateKey(key).toString()

  return join(
    ...(await Promise.all(
      texts.map(async (text, i) => {
        const bytes = wrapper(source, member(text))
        const seqno = begin + BigInt(i)
        const signature = await key.sign(signedBytes(source, seqno, bytes))

        return envelope({ wrapper: bytes, seqno, signature, hops: 1 })
      })
    ))
  )
}

const starts = await written(
  Array.from({ length: Number(repeated) }, (_, i) => `start ${i}`),
  members.federationStart
)
const others = await Promise.all(
  Array.from({ length: Number(crowd) }, async () => written(['here'], members.alive))
)
const attacker = await Attacker.create()

await Promise.all(
  targets.map(async (target) =>
    attacker.insist(target, async () => {
      await attacker.link(target)
      const stream = await attacker.open(target, MESSAGE)

      await push(stream, starts)
      await push(stream, join(...others))
      await push(stream, starts)
      report({ event: 'repeated' })
      await new Promise((resolve) => setTimeout(resolve, 60_000))
    })
  )
)
