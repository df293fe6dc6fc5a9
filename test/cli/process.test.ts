import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before, describe, it } from 'node:test'
import { onStopRequest } from '../../src/cli/commands/start/signals.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { Workshop } from './support/process.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const LAUNCHER = fileURLToPath(new URL('../../bin/nebula.js', import.meta.url))
const hasScript = spawnSync('script', ['--version']).status === 0

describe('nebula: the process', () => {
  let workshop: Workshop

  before(async () => {
    workshop = await Workshop.open()
  })

  after(async () => {
    await workshop.end()
  })

  it('ends quietly when nobody reads its output any more', async () => {
    const a = await workshop.start('pipe')
    const b = await workshop.start('other')

    a.child.stdout?.destroy()
    await workshop.run(['connect', a.address, '--data-dir', b.dataDir])

    const { code, stderr } = await a.result

    assert.deepEqual([code, stderr], [0, ''])
    await b.stop()
  })

  it('writes plain lines where there is no terminal', async () => {
    const a = await workshop.start('peer')
    const dataDir = workshop.path('lines')
    const child = workshop.spawn([
      'start',
      '--no-mdns',
      '--listen',
      '/ip4/127.0.0.1/tcp/0',
      '--data-dir',
      dataDir,
      '--dial',
      a.address,
      '--dial',
      '/ip4/127.0.0.1/tcp/1'
    ])
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    let stdout = ''
    let stderr = ''

    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })

    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      stdout += chunk.toString()

      if (!child.killed && /link open/.test(stdout) && stderr !== '') {
        child.kill('SIGINT')
      }
    }

    assert.equal(await ended, 0)
    assert.match(
      stdout,
      /^peer id     12D3KooW\w+\nfederation  nebula\nlistening   \/ip4\/127.*\ncontrol     http:\/\/127/
    )
    assert.match(stdout, /^\d\d:\d\d:\d\d link open 12D3…\w{8} \(undirected\) \/ip4\/127\.0\.0\.1\/tcp\/\d+/m)
    assert.match(stderr, /^\d\d:\d\d:\d\d cannot link with \/ip4\/127\.0\.0\.1\/tcp\/1: /)
    assert.equal(stdout.includes('\u001b'), false)
    await a.stop()
  })

  it('has no control API with --http off', async () => {
    const a = await workshop.start('off', ['--http', 'off'])
    const { code, stderr } = await workshop.run(['peers', '--data-dir', a.dataDir])

    assert.equal(a.readyLine['http'], null)
    assert.deepEqual([code, stderr], [1, `nebula: no node is running on ${a.dataDir}\n`])
    assert.equal((await a.stop()).code, 0)
  })

  it('says one line of an error that nobody caught, and ends with 1', async () => {
    // once it is ready
    const crash = `
      const write = process.stdout.write
      process.stdout.write = function (text, ...rest) {
        if (String(text).includes('"event":"ready"')) {
          setImmediate(() => { throw new Error('boom\\nat depth') })
        }
        return write.call(this, text, ...rest)
      }
    `
    const { code, stderr } = await workshop.run(
      ['start', '--json', '--no-mdns', '--data-dir', workshop.path('crash')],
      { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}` }
    )

    // a busy machine may have said what the start waited for
    assert.deepEqual(
      [code, stderr.replace(/^nebula: the node is not ready yet: .*\n/, '')],
      [1, 'nebula: boom\n']
    )
  })

  it('ends at once at a second signal, which is not the first once more', async () => {
    let ended = 0
    const clock = new ManualClock()
    const listeners = process.listenerCount('SIGTERM')
    const request = onStopRequest(() => {
      ended++
    }, clock)

    // npm hands on what the terminal has sent already
    process.emit('SIGINT')
    process.emit('SIGINT')
    await clock.advance(999)
    process.emit('SIGTERM')
    assert.equal(ended, 0)
    await clock.advance(1)
    process.emit('SIGINT')
    assert.equal(ended, 1)
    request.end()
    assert.equal(process.listenerCount('SIGTERM'), listeners)
  })

  it('is started by its launcher', async () => {
    const { status, stdout } = spawnSync(process.execPath, [LAUNCHER, '--version'], { env: workshop.env })
    const { version } = JSON.parse(
      await readFile(new URL('../../package.json', import.meta.url), 'utf8')
    ) as { version: string }

    assert.equal(status, 0)
    assert.equal(stdout.toString(), `${version}\n`)
  })

  it('is refused by its launcher where Node.js is too old', () => {
    const old = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"22.11.0"})'
    const { status, stderr } = spawnSync(process.execPath, [`--import=${old}`, LAUNCHER, '--version'])

    assert.equal(status, 1)
    assert.equal(stderr.toString(), 'nebula: Node.js 22.15 or newer is needed, this is 22.11.0\n')
  })

  for (const colours of [false, true]) {
    it(
      `draws a live status on a terminal ${colours ? 'in colours' : 'without colours'}`,
      { skip: hasScript ? false : 'script (util-linux) is not installed' },
      async () => {
        const peer = await workshop.start(`seen-${colours}`)
        const dataDir = workshop.path(`terminal-${colours}`)
        const { NO_COLOR, ...env } = workshop.env
        const command = `stty rows 30 cols 120; exec "${process.execPath}" "${MAIN}" start --no-mdns --data-dir "${dataDir}" --direct "${peer.address}"`
        const child = spawn('script', ['-qec', command, '/dev/null'], {
          env: { ...env, TERM: 'xterm-256color', ...(colours ? {} : { NO_COLOR: NO_COLOR ?? '1' }) },
          stdio: ['pipe', 'pipe', 'inherit'],
          timeout: 120_000
        })
        const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
        let screen = ''
        let asked = false

        for await (const chunk of child.stdout) {
          screen += String(chunk)

          if (!asked && /1 peer: 1 direct, 0 undirected/.test(screen)) {
            const { pid } = JSON.parse(
              await readFile(join(dataDir, 'control.json'), 'utf8').catch(() => '{}')
            ) as {
              pid?: number
            }

            if (pid != null) {
              asked = process.kill(pid, 'SIGINT')
            }
          }
        }

        assert.equal(await ended, 0)
        assert.match(screen, /peer id +12D3KooW/)
        assert.match(screen, /in 0 msg\/s/)
        assert.match(screen, new RegExp(`12D3…${peer.peerId.slice(-8)} +direct`))
        assert.match(screen, /link open 12D3…/)
        assert.ok(screen.lastIndexOf('\u001b[?25h') > screen.lastIndexOf('\u001b[?25l'), 'the cursor is back')
        assert.equal(screen.includes('\u001b[1m'), colours)
        await peer.stop()
      }
    )
  }
})
