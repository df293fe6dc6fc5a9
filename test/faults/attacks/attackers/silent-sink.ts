/** Takes every model that it is offered, wants those that it knows of, and then asks for nothing. */
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { MODEL, takeModel } from '../support/protocols.ts'
import { push } from '../support/push.ts'

const { targets } = attackArgs()
const attacker = await Attacker.create()

await attacker.node.unhandle(MODEL)
await attacker.node.handle(
  MODEL,
  (stream, { remotePeer }) => {
    stream.addEventListener(
      'message',
      () => {
        const target = targets.find(({ peerId }) => peerId === remotePeer.toString())

        if (target != null) {
          attacker.offend(target)
        }

        push(stream, takeModel()).catch(() => {})
      },
      { once: true }
    )
    stream.addEventListener('remoteCloseWrite', () => {
      stream.close().catch(() => {})
    })
  },
  { maxInboundStreams: 1_000 }
)

for (const target of targets) {
  void attacker.insist(target, async () => {
    const link = await attacker.link(target)

    await new Promise((resolve) => link.addEventListener('close', resolve))
  })
}
