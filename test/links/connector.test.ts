import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StreamCloseEvent } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { Connector } from '../../src/links/connector.ts'
import { createPeerId } from '../support/create-peer-id.ts'
import type { Dialler } from '../../src/links/dialler.ts'
import type { Connection } from '@libp2p/interface'

describe('Connector', () => {
  it('names a peer that closes each connection, also where libp2p throws the event of the stream', async () => {
    const peer = await createPeerId()
    const dialler = {
      dial: async () => ({ remotePeer: peer, status: 'open' }) as Connection
    } as Partial<Dialler> as Dialler
    let opened = 0
    const open = async (connection: Connection): Promise<never> => {
      opened++
      Object.assign(connection, { status: 'aborted' })
      throw new StreamCloseEvent() as unknown as Error
    }
    const connector = new Connector(
      { dialler, handshake: { open }, logger: defaultLogger() },
      {
        pair: () => assert.fail('there is no attempt'),
        release: () => {},
        linked: () => false,
        untilLinked: async () => {},
        nextAttempt: () => 1n,
        refuse: () => undefined
      }
    )

    await assert.rejects(connector.connect(peer), { name: 'ConnectionDeniedError' })
    assert.equal(opened, 2)
  })
})
