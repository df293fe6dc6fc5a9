import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Workshop } from './support/process.ts'
import type { AddressInfo } from 'node:net'
import type { Line, Result, RunningCommand } from './support/process.ts'

describe('nebula: two nodes', () => {
  let workshop: Workshop
  let a: RunningCommand
  let b: RunningCommand

  const onA = async (...args: string[]): Promise<Result> => workshop.run([...args, '--data-dir', a.dataDir])

  before(async () => {
    workshop = await Workshop.open()
    ;[a, b] = await Promise.all([workshop.start('a'), workshop.start('b')])
  })

  after(async () => {
    await workshop.end()
  })

  it('says first who it is and where', () => {
    const { event, peerId, multiaddrs, http } = a.lines[0] as Line

    assert.equal(event, 'ready')
    assert.match(String(peerId), /^12D3KooW/)
    assert.match(String(multiaddrs), /^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/12D3KooW/)
    assert.match(String(http), /^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('keeps what opens it to itself', async () => {
    for (const [name, mode] of [
      ['control.json', 0o600],
      ['token', 0o600],
      ['.', 0o700]
    ] as const) {
      assert.equal((await stat(join(a.dataDir, name))).mode & 0o777, mode, name)
    }

    const control = JSON.parse(await readFile(join(a.dataDir, 'control.json'), 'utf8')) as unknown

    assert.deepEqual(control, { address: a.readyLine['http'], pid: a.child.pid })
  })

  it('tells its PeerId', async () => {
    assert.deepEqual(await onA('id'), { code: 0, stdout: `${a.peerId}\n`, stderr: '' })
    assert.equal((await onA('id', '--json')).stdout, `{"peerId":"${a.peerId}"}\n`)
  })

  it('has no links at first', async () => {
    assert.deepEqual(await onA('peers'), { code: 0, stdout: 'no links\n', stderr: '' })
    assert.deepEqual(await onA('peers', '--json'), { code: 0, stdout: '[]\n', stderr: '' })
  })

  it('connects undirected', async () => {
    const { code, stdout } = await onA('connect', b.address, '--undirected')

    assert.equal(code, 0)
    assert.match(stdout, new RegExp(`^linked with ${b.peerId} \\(undirected\\) /ip4/127`))
    assert.equal((await a.event('link:open'))['direction'], 'outbound')
    assert.equal((await b.event('link:open'))['peer'], a.peerId)
  })

  it('upgrades at both ends', async () => {
    const { code, stdout } = await onA('connect', b.address)

    assert.equal(code, 0)
    assert.match(stdout, /\(direct\)/)
    assert.equal((await b.event('link:upgrade'))['direct'], true)
  })

  it('lists the link', async () => {
    const { stdout } = await onA('peers')
    const json = await onA('peers', '--json')

    assert.match(stdout, new RegExp(`${b.peerId}  direct`))
    assert.equal((JSON.parse(json.stdout) as Array<{ peer: string }>)[0]?.peer, b.peerId)
  })

  it('sends to the end of a PeerId', async () => {
    const { code, stdout, stderr } = await onA(
      'send',
      b.peerId.slice(-8),
      'control',
      'alive',
      'log=hello there'
    )
    const message = await b.event(
      'message',
      (line) => (line['fields'] as { log?: string }).log === 'hello there'
    )

    assert.deepEqual([code, stdout, stderr], [0, `sent control alive to ${b.peerId}\n`, ''])
    assert.equal(message['source'], a.peerId)
    assert.equal(message['from'], a.peerId)
    assert.equal(message['type'], 'control')
    assert.equal(message['action'], 'alive')
  })

  it('sends a list and numbers', async () => {
    await onA('send', b.peerId, 'federation', 'reputation', 'arguments=x', 'arguments=y z', 'round=-3')

    const message = await b.event('message', (line) => line['action'] === 'reputation')

    assert.deepEqual(message['fields'], { arguments: ['x', 'y z'], round: -3 })
  })

  it('answers 502 for a peer that cannot be reached', async () => {
    const token = (await readFile(join(a.dataDir, 'token'), 'utf8')).trim()
    const response = await fetch(`${String(a.readyLine['http'])}/api/v1/connect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ multiaddr: '/ip4/127.0.0.1/tcp/1' })
    })
    const { error } = (await response.json()) as { error: { name: string } }

    assert.deepEqual([response.status, error.name], [502, 'DialError'])
  })

  it('says why a WebSocket cannot be dialled', async () => {
    const server = createServer().listen(0, '127.0.0.1')

    await once(server, 'listening')

    const { port } = server.address() as AddressInfo

    server.close()

    const { code, stderr } = await onA('connect', `/ip4/127.0.0.1/tcp/${port}/ws`)

    assert.equal(code, 1)
    assert.match(
      stderr,
      new RegExp(`^nebula: cannot link with /ip4/127.0.0.1/tcp/${port}/ws: .*ECONNREFUSED`)
    )
  })

  it('sends a file as a model, lists it at the other end and saves it there', async () => {
    const payload = randomBytes(300_000)
    const [sent, saved] = [join(a.dataDir, 'sent.bin'), join(b.dataDir, 'saved.bin')]
    const onB = async (...args: string[]): Promise<Result> => workshop.run([...args, '--data-dir', b.dataDir])

    await writeFile(sent, payload)

    const { code, stdout, stderr } = await onA('models', 'send', b.peerId, sent, '--round', '2')
    const update = await b.event('model:update')
    const listed = await onB('models')

    assert.deepEqual([code, stdout, stderr], [0, `delivered to ${b.peerId}\n`, ''])
    assert.deepEqual([update['source'], update['round'], update['size']], [a.peerId, 2, 300_000])
    assert.match(listed.stdout, new RegExp(`${String(update['id'])}  ${a.peerId}  model`))
    await onB('models', 'save', String(update['id']).slice(0, 8), saved)
    assert.deepEqual(await readFile(saved), payload)
  })

  it('sends a weight between 2^31 and 2^32', async () => {
    const sent = join(a.dataDir, 'heavy.bin')

    await writeFile(sent, 'heavy')

    const { code, stdout, stderr } = await onA(
      'models',
      'send',
      b.peerId,
      sent,
      '--round',
      '2',
      '--weight',
      '3000000000'
    )
    const update = await b.event('model:update', (line) => line['weight'] === '3000000000')

    assert.deepEqual([code, stdout, stderr], [0, `delivered to ${b.peerId}\n`, ''])
    assert.equal(update['size'], 5)
  })

  it('says what is wrong with a model', async () => {
    const missing = await onA('models', 'send', b.peerId, join(a.dataDir, 'none'), '--round', '2')
    const unknown = await onA('models', 'save', '0'.repeat(10), join(a.dataDir, 'out'))

    assert.equal(missing.code, 1)
    assert.match(missing.stderr, /^nebula: .*ENOENT.*\n$/)
    assert.equal(unknown.code, 1)
    assert.match(unknown.stderr, /no model "0000000000" is kept/)
  })

  it('fails to send to whom there is no link with', async () => {
    const result = await onA('send', a.peerId, 'control')

    assert.equal(result.code, 1)
    assert.match(result.stderr, /^nebula: .+\n$/)
  })

  it('disconnects', async () => {
    assert.equal((await onA('disconnect', b.peerId)).stdout, `the link with ${b.peerId} has ended\n`)
    assert.equal((await a.event('link:close'))['reason'], 'requested')
    assert.equal((await b.event('link:close'))['peer'], a.peerId)

    const again = await onA('disconnect', b.peerId)

    assert.deepEqual([again.code, again.stderr], [1, `nebula: no link with ${b.peerId}\n`])
  })

  it('shuts out, says so, and lets in again', async () => {
    await onA('disconnect', b.peerId, '--blacklist')

    const listed = await onA('blacklist')
    const refused = await onA('connect', b.address)
    const removed = await onA('blacklist', 'remove', b.peerId.slice(-6))
    const empty = await onA('blacklist')
    const added = await onA('blacklist', 'add', b.peerId)
    const cleared = await onA('blacklist', 'clear')

    assert.match(listed.stdout, new RegExp(`${b.peerId}  blacklisted`))
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /^nebula: .+\n$/)
    assert.equal(removed.stdout, `${b.peerId} may come in again\n`)
    assert.doesNotMatch(empty.stdout, /blacklisted/)
    assert.equal(added.stdout, `${b.peerId} is shut out\n`)
    assert.deepEqual(cleared, { code: 0, stdout: 'nobody is shut out\n', stderr: '' })
  })

  it('shuts out addresses', async () => {
    const added = await onA('blacklist', 'add', '203.0.113.7/24', '--for', '1h', '--reason', 'spam')
    const listed = await onA('blacklist')
    const removed = await onA('blacklist', 'remove', '203.0.113.0/24')
    const empty = await onA('blacklist', '--json')
    const wrong = await onA('blacklist', 'add', '203.0.113.7/33')

    assert.equal(added.stdout, '203.0.113.7/24 is shut out\n')
    assert.match(listed.stdout, /203\.0\.113\.0\/24 +blacklisted +(?:1h 0m|59m \d+s) +spam/)
    assert.equal(removed.stdout, '203.0.113.0/24 may come in again\n')
    assert.equal(empty.stdout, '[]\n')
    assert.equal(wrong.code, 2)
  })

  it('tells of scores', async () => {
    const one = await onA('score', b.peerId, '--json')

    assert.equal((JSON.parse(one.stdout) as { peer: string }).peer, b.peerId)
    assert.match((await onA('score', b.peerId)).stdout, new RegExp(`^${b.peerId} -?[\\d.]+ good\n`))
  })

  it('refuses a second node on the directory, and names the first', async () => {
    const { code, stderr } = await workshop.run(['start', '--no-mdns', '--data-dir', a.dataDir])

    assert.equal(code, 1)
    assert.equal(
      stderr,
      `nebula: another node (pid ${a.child.pid}) is running on ${a.dataDir}; choose another with --data-dir\n`
    )
    assert.equal((await onA('peers')).code, 0)
  })

  it('dials by its flags, and says when nobody is there', async () => {
    const wait = ['--wait-for-direct', '120s']
    const c = await workshop.start('c', ['--direct', b.address, ...wait, '--dial', '/ip4/127.0.0.1/tcp/1'])

    assert.equal((await c.event('link:open', (line) => line['peer'] === b.peerId))['direct'], true)

    const failed = await c.event('join:failed')

    assert.match(String(failed['target']), /^\/ip4\/127\.0\.0\.1\/tcp\/1$/)
    assert.equal(Number(failed['retryAt']) > Number(failed['time']), true)
    assert.equal((await c.stop()).code, 0)
    assert.equal((await b.event('link:close', (line) => line['peer'] === c.peerId))['reason'], 'remote')
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`ends at ${signal} with 0, and takes its file along`, async () => {
      await writeFile(workshop.path('patient.json'), JSON.stringify({ stopTimeout: '1h' }))

      // nothing ends it but that it is done
      const d = await workshop.start('d', ['--config', workshop.path('patient.json')])
      const { code, stderr } = await d.stop(signal)

      assert.deepEqual([code, stderr], [0, ''])
      await assert.rejects(stat(join(d.dataDir, 'control.json')), { code: 'ENOENT' })

      const again = await workshop.start('d')

      assert.equal(again.peerId, d.peerId)
      assert.equal((await again.stop(signal)).code, 0)
    })
  }
})
