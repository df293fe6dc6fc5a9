import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { writeFile } from 'node:fs/promises'
import { createPeerId } from '../support/create-peer-id.ts'
import { Workshop } from './support/process.ts'
import type { RunningCommand, Result } from './support/process.ts'

describe('nebula blacklist', () => {
  let workshop: Workshop
  let node: RunningCommand
  let peer: string

  const blacklist = async (...args: string[]): Promise<Result> =>
    workshop.run(['blacklist', ...args, '--data-dir', node.dataDir])

  const says = async (expected: string, ...args: string[]): Promise<void> => {
    assert.deepEqual(await blacklist(...args), { code: 0, stdout: `${expected}\n`, stderr: '' })
  }

  before(async () => {
    workshop = await Workshop.open()
    peer = String(await createPeerId())
    await writeFile(
      workshop.path('config.json'),
      JSON.stringify({ restrictions: { blockedAddresses: ['198.51.100.0/24'] } })
    )
    node = await workshop.start('node', ['--config', workshop.path('config.json')])
  })

  after(async () => {
    await workshop.end()
  })

  it('tells who may come in again, and who may not', async () => {
    await says('203.0.113.0/24 is shut out', 'add', '203.0.113.0/24')
    await says('203.0.113.9 is still shut out, by 203.0.113.0/24', 'remove', '203.0.113.9')
    await says('203.0.113.0/24 may come in again', 'remove', '203.0.113.77/24')
    await says('203.0.113.9 was not shut out', 'remove', '203.0.113.9')
    await says('198.51.100.0/24 is still shut out, by 198.51.100.0/24', 'remove', '198.51.100.0/24')
    await says(`${peer} was not shut out`, 'remove', peer)
    await says(`${peer} is shut out`, 'add', peer)
    await says(`${peer} may come in again`, 'remove', peer)
    await says('nobody is shut out but 198.51.100.0/24, as the configuration says', 'clear')
  })

  it('says what is no address, rather than look for such a peer', async () => {
    for (const [text, said] of [
      ['10.0.0.300', /"10\.0\.0\.300" is neither an IP address nor a subnet/],
      ['10.0.0.0/33', /no prefix of 0 to 32 bits/],
      ['2001:db8::g', /"2001:db8::g" is neither/]
    ] as const) {
      for (const action of ['add', 'remove']) {
        const { code, stderr } = await blacklist(action, text)

        assert.equal(code, 2)
        assert.match(stderr, said)
        assert.equal(stderr.trimEnd().split('\n').length, 1)
      }
    }
  })
})
