/** Connects under many identities, begins as many handshakes as each may, and never says Hello. */
import { attackArgs } from '../support/attack-args.ts'
import { Attacker } from '../support/attacker.ts'
import { HANDSHAKE } from '../support/protocols.ts'
import { report } from '../support/report.ts'
import type { Target } from '../support/attacker.ts'

const IDENTITIES = 20
const STREAMS = 8

const { targets } = attackArgs()
let opened = 0

for (let i = 0; i < IDENTITIES; i++) {
  const attacker = await Attacker.create()

  for (const target of targets) {
    void attacker.insist(target, async () => {
      await Promise.allSettled(Array.from({ length: STREAMS }, async () => begin(attacker, target)))
    })
  }
}

/** Until the stream is ended by the other side. */
async function begin(attacker: Attacker, target: Target): Promise<void> {
  const stream = await attacker.open(target, HANDSHAKE)
  const closed = new Promise((resolve) => stream.addEventListener('close', resolve))

  attacker.offend(target)
  // a part of a frame, so that it is known to be open
  stream.send(Uint8Array.of(100))
  report({ event: 'opened', count: ++opened })
  await closed
}
