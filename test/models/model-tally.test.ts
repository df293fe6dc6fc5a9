import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidChunkError, ModelProtocolError } from '../../protocols/model/index.ts'
import { ModelTally } from '../../src/models/model-tally.ts'

describe('ModelTally', () => {
  it('counts each thing by itself', () => {
    const tally = new ModelTally()

    tally.sent('delivered')
    tally.sent('delivered')
    tally.sent('served')
    tally.bytesSent(3)
    tally.bytesReceived(4)
    tally.stalled()
    tally.resumed()
    tally.violation(new InvalidChunkError(0, 'wrong'))
    tally.violation(new ModelProtocolError('no chunk'))

    assert.deepEqual(tally.counts, {
      sent: { delivered: 2, served: 1 },
      bytesSent: 3,
      bytesReceived: 4,
      stalls: 1,
      resumed: 1,
      wrongChunks: 1
    })
  })
})
