/** Small messages over one link, beside one write of a length-prefixed stream for each. */
import { DEFAULT_ENCRYPTION, OVERLAY_END, Pair, STOCK_END } from './ends/end.ts'
import { inTurns } from './in-turns.ts'
import { withRemotes } from './remote.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import type { Encryption, MessageEnd } from './ends/end.ts'

const CHARACTERS = 100

export const messages: Benchmark = {
  name: 'messages',
  async run({ quick }) {
    const figures = [await measure('messages/100-bytes', DEFAULT_ENCRYPTION, quick)]

    return quick ? figures : [...figures, await measure('messages/100-bytes-tls', ['tls'], quick)]
  }
}

async function measure(name: string, encryption: Encryption[], quick: boolean): Promise<Figure> {
  const count = quick ? 1_000 : 50_000
  const ours = new Pair<MessageEnd>(OVERLAY_END)
  const peer = new Pair<MessageEnd>(STOCK_END)

  return withRemotes([ours, peer], async () => {
    await Promise.all([ours.link(encryption), peer.link(encryption)])

    const runs = await inTurns(quick ? 1 : 5, {
      ours: async () => rate(ours, count),
      peer: async () => rate(peer, count)
    })

    return {
      name,
      unit: 'messages/s',
      ...runs,
      peerName: `an lpStream write for each, ${encryption[0]}`,
      aim: { of: 'ratio', above: 3 }
    }
  })
}

/** From the first message being sent to the last having come, over which all are checked. */
async function rate({ sender, receiver }: Pair<MessageEnd>, count: number): Promise<number> {
  await receiver.call('expectMessages', count, CHARACTERS)

  const start = await sender.call('sendMessages', count, CHARACTERS)
  const end = await receiver.call('received')

  return (count * 1_000) / (end - start)
}
