import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import * as fc from 'fast-check'
import { MAX_ANSWER_BYTES, MAX_TEXT_BYTES } from '../../../src/discovery/constants.ts'
import { answer, textsOf } from '../../../src/discovery/lan/answers.ts'
import { locationText, readLocation } from '../../../src/discovery/lan/location-text.ts'
import { readPacket } from '../../../src/discovery/lan/read-packet.ts'
import { mdnsAnswer } from '../../support/mdns-packet.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import { answerReader, NAMES, OTHERS } from './names.ts'
import type { PeerId } from '@libp2p/interface'

const CENTIMETRE = 1e-7
const location = { latitude: 38.02, longitude: -1.17 }

describe('a location in an announcement', () => {
  let peer: PeerId

  before(async () => {
    peer = await createPeerId()
  })

  it('is written in degrees, and read as it was', () => {
    assert.equal(locationText(location), 'location=38.02,-1.17')
    assert.equal(locationText({ latitude: 0, longitude: 180 }), 'location=0,180')
    fc.assert(
      fc.property(
        fc.double({ min: -90, max: 90, noNaN: true }),
        fc.double({ min: -180, max: 180, noNaN: true }),
        (latitude, longitude) => {
          const text = locationText({ latitude, longitude })
          const read = readLocation([text])

          assert.ok(Buffer.byteLength(text) <= MAX_TEXT_BYTES)
          assert.ok(read != null, text)
          assert.ok(Math.abs(read.latitude - latitude) <= CENTIMETRE)
          assert.ok(Math.abs(read.longitude - longitude) <= CENTIMETRE)
        }
      )
    )
  })

  it('is ignored when it is no place on earth, and breaks no announcement', () => {
    const address = `dnsaddr=/ip4/10.0.0.1/tcp/1/p2p/${peer.toString()}`

    for (const text of [
      'location=',
      'location=1',
      'location=1,',
      'location=,',
      'location=90.1,0',
      'location=0,-180.5',
      'location=NaN,NaN',
      'location=Infinity,0',
      'location=1e1,1',
      'location=0x10,1',
      'location= 1,1',
      'location=1,1,1',
      `location=1.${'0'.repeat(200)},1`,
      'LOCATION=1,1',
      'location=\u0000',
      ''
    ]) {
      const packet = readPacket(mdnsAnswer(OTHERS.tag, 'other', [text, address]), NAMES)

      assert.deepEqual(
        packet?.instances.map((one) => [one.texts, one.location]),
        [[[address], undefined]],
        text
      )
    }

    // the first counts, as for every key of such a record
    assert.equal(readLocation(['location=x', locationText(location)]), undefined)
    assert.deepEqual(readLocation([locationText(location), 'location=1,1']), location)
  })

  it('goes with addresses only, fits the frame with any number of them, and @libp2p/mdns reads these as ever', () => {
    const reader = answerReader()

    assert.deepEqual(textsOf({ peer, addrs: [], location }), [])
    assert.equal(answer(OTHERS, { peer, addrs: [], location }, 'all'), undefined)

    for (const count of [1, 5, 40]) {
      const addrs = Array.from({ length: count }, (_, i) => multiaddr(`/ip4/10.0.0.1/tcp/${i + 1}`))

      for (const kind of ['pointer', 'all'] as const) {
        const bytes = answer(OTHERS, { peer, addrs, location }, kind)
        assert.ok(bytes != null && bytes.length <= MAX_ANSWER_BYTES)

        const [instance] = readPacket(bytes, NAMES)?.instances ?? []
        assert.ok(instance != null)
        assert.deepEqual(instance.location, location)

        // as it came, with the location among the strings
        const read = reader.read({ ...instance, texts: [locationText(location), ...instance.texts] })
        assert.ok(read != null && read.id.equals(peer))
        assert.deepEqual(read.multiaddrs.map(String), addrs.slice(0, instance.texts.length).map(String))
      }
    }
  })
})
