// Compiled only: what the package says of its types is what a user of them sees.
import { InvalidChunkError, MessageDroppedError, nebula, QueueFullError } from 'nebula-overlay'
import { ConfigError, loadConfig } from 'nebula-overlay/config'
import { createNode } from 'nebula-overlay/node'
import type { Engine, LinkInfo, Nebula, ReceivedMessage, SendOptions } from 'nebula-overlay'
import type { NebulaNode } from 'nebula-overlay/node'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

function holds<T extends true>(): T | undefined {
  return undefined
}

export const engine: Engine = {
  round: () => 0,
  learningCycleFinished: () => false,
  updateNeighbours: ({ neighbours }) => {
    holds<Equal<(typeof neighbours)[number], LinkInfo['peer']>>()
  }
}

export async function main(): Promise<NebulaNode> {
  const node = await createNode(loadConfig(), { engine })
  const overlay: Nebula = node.nebula

  overlay.addEventListener('message:control:alive', ({ detail }) => {
    holds<Equal<typeof detail, ReceivedMessage<'control'>>>()
    holds<Equal<typeof detail.message.fields.log, string>>()
  })
  // @ts-expect-error a control message has no such action
  overlay.createMessage('control', 'nonsense')
  // @ts-expect-error a federation is named by a string
  nebula({ federation: 1 })

  return node
}

/** Sends to who has room, and says whether the peer had. */
export async function offer(overlay: Nebula, peer: LinkInfo['peer']): Promise<boolean> {
  const options: SendOptions = { priority: 'low', wait: false }

  holds<Equal<SendOptions['wait'], boolean | undefined>>()

  try {
    await overlay.send(peer, overlay.createMessage('control', 'alive'), options)

    return true
  } catch (err) {
    if (err instanceof QueueFullError || err instanceof MessageDroppedError) {
      return false
    }

    throw err
  }
}

export const badChunk = (error: unknown): number | undefined =>
  error instanceof InvalidChunkError ? error.index : undefined

export const isConfigError = (error: unknown): boolean => error instanceof ConfigError
