import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { defaultLogger } from '@libp2p/logger'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { signMessage } from '../../protocols/message/index.ts'
import { createMessage } from '../../src/messages/index.ts'
import { Receiver } from '../../src/messages/receiver.ts'
import { ReplayGuard } from '../../src/messages/replay-guard.ts'
import { SeenCache } from '../../src/messages/seen-cache.ts'
import { encodeWrapper } from '../../src/messages/wrapper.ts'
import { forwardedTypes } from '../../src/forwarding/index.ts'
import type { Forwardable } from '../../src/forwarding/index.ts'

const keys = await Promise.all(Array.from({ length: 4 }, async () => generateKeyPair('Ed25519')))
const [self, origin, left, right] = keys.map((key) => peerIdFromPrivateKey(key)) as [
  Forwardable['from'],
  Forwardable['from'],
  Forwardable['from'],
  Forwardable['from']
]

interface SetupInit {
  admits?: boolean
  verifiesPromptly?(): boolean
}

interface Setup {
  receiver: Receiver
  count: { verified: number; dispatched: number; duplicates: number; passed: number }
}

/**
 * A proxy.
 *
 * @param init.admits - whether it may pass on any more
 * @param init.verifiesPromptly - whether the next signature may be verified at once
 */
function setup({ admits = true, verifiesPromptly }: SetupInit = {}): Setup {
  const count = { verified: 0, dispatched: 0, duplicates: 0, passed: 0 }
  const pass = (): boolean => {
    count.passed++

    return true
  }
  const receiver = new Receiver(
    {
      peerId: self,
      logger: defaultLogger(),
      seen: new SeenCache(),
      replays: new ReplayGuard(),
      behind: () => undefined,
      gate: { admit: () => 0 },
      forwarder: { admit: () => admits, pass, forward: pass }
    },
    {
      federation: 'test',
      isBlacklisted: () => false,
      isIgnored: () => false,
      onRepeat: () => {},
      forwarding: { proxy: true, types: forwardedTypes(), centralised: false, maxHops: 16 },
      onMessage: () => count.dispatched++,
      onDuplicate: () => count.duplicates++,
      verifiesPromptly,
      onVerified: () => count.verified++,
      pause: async () => {}
    }
  )

  return { receiver, count }
}

async function signed(hops: number): Promise<Forwardable['envelope']> {
  const source = origin.toString()
  const wrapper = encodeWrapper({ source, message: createMessage('federation', 'federation_ready') })
  const [, key] = keys

  assert.ok(key != null)

  const signature = await signMessage(key, { federation: 'test', source, seqno: 1n, wrapper })

  return { wrapper, seqno: 1n, hops, signature: Uint8Array.from(signature) }
}

describe('Receiver', () => {
  it('verifies copies that come at the same time once', async () => {
    const { receiver, count } = setup()
    const envelope = await signed(1)

    await Promise.all([receiver.receive(left, envelope), receiver.receive(right, envelope)])
    assert.deepEqual(count, { verified: 1, dispatched: 1, duplicates: 1, passed: 1 })
  })

  it('judges a forged copy by itself that comes at the same time', async () => {
    const { receiver, count } = setup()
    const envelope = await signed(1)
    const forged = receiver.receive(left, { ...envelope, signature: new Uint8Array(64) })

    await Promise.all([
      assert.rejects(async () => forged, { name: 'ForgedMessageError' }),
      receiver.receive(right, envelope)
    ])
    assert.deepEqual(count, { verified: 2, dispatched: 1, duplicates: 0, passed: 1 })
  })

  it('verifies no message from its origin that it would not pass on', async () => {
    for (const admits of [true, false]) {
      const { receiver, count } = setup({ admits })
      const times = admits ? 1 : 0

      await receiver.receive(origin, await signed(0))
      assert.deepEqual(count, { verified: times, dispatched: 1, duplicates: 0, passed: times })
    }
  })

  it('asks for each signature whether it may hold up everything else, and verifies it either way', async () => {
    for (const prompt of [true, false]) {
      let asked = 0
      const { receiver, count } = setup({
        verifiesPromptly: () => {
          asked++

          return prompt
        }
      })

      await receiver.receive(left, await signed(1))
      assert.deepEqual([asked, count.verified, count.dispatched], [1, 1, 1])
    }
  })
})
