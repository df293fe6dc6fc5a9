import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { BoundedOutput, MAX_WAITING_LENGTH } from '../../src/cli/commands/start/bounded-output.ts'
import { JsonReporter } from '../../src/cli/commands/start/json-reporter.ts'
import { LineReporter } from '../../src/cli/commands/start/line-reporter.ts'
import type { ReadyJson } from '../../src/cli/commands/start/reporter.ts'
import type { EventJson } from '../../src/http/event-json.ts'

const TIME = 1_700_000_000_000

/** Takes nothing until it is told to. */
class SlowOutput extends Writable {
  text = ''
  #waiting?: () => void
  #open = false

  constructor() {
    super({ decodeStrings: false, highWaterMark: 16 })
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk

    if (this.#open) {
      done()
    } else {
      this.#waiting = done
    }
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1)
  }

  block(): void {
    this.#open = false
  }

  /** Takes all that waits, and everything from then on. */
  async read(): Promise<void> {
    const drained = new Promise((resolve) => this.once('drain', resolve))

    this.#open = true
    this.#waiting?.()
    await drained
  }
}

function message(fields: Record<string, unknown> = {}): EventJson {
  return {
    event: 'message',
    time: TIME,
    source: 'A',
    from: 'A',
    type: 'control',
    action: 'alive',
    fields
  }
}

function outputTo(stream: SlowOutput): BoundedOutput {
  return new BoundedOutput(stream, (count) => `dropped ${count}`, { maxWaitingLength: 20 })
}

describe('output that is read slowly', () => {
  it('writes while no more than the bound waits', async () => {
    const stream = new SlowOutput()
    const output = outputTo(stream)

    output.write(() => 'x'.repeat(18))
    output.write(() => '')
    assert.equal(stream.writableLength, 20)
    output.write(() => 'at the bound')
    output.write(() => 'above')
    await stream.read()

    assert.deepEqual(stream.lines, ['x'.repeat(18), '', 'at the bound', 'dropped 1'])
  })

  it('drops what matters less when more than half of the bound waits', async () => {
    const stream = new SlowOutput()
    const output = outputTo(stream)

    output.write(() => 'x'.repeat(9), true)
    assert.equal(stream.writableLength, 10)
    output.write(() => '', true)
    output.write(() => 'minor', true)
    output.write(() => 'major')
    await stream.read()

    assert.deepEqual(stream.lines, ['x'.repeat(9), '', 'major', 'dropped 1'])
  })

  it('writes a line longer than the bound when nothing waits', () => {
    const stream = new SlowOutput()

    outputTo(stream).write(() => 'x'.repeat(100), true)

    assert.equal(stream.writableLength, 101)
  })

  it('does not make the line that it drops', async () => {
    const stream = new SlowOutput()
    const output = outputTo(stream)

    output.force('x'.repeat(20))
    output.write(() => assert.fail('made'))
    await stream.read()

    assert.equal(stream.lines.at(-1), 'dropped 1')
  })

  it('always writes what is said once', () => {
    const stream = new SlowOutput()
    const output = outputTo(stream)

    output.force('x'.repeat(100))
    output.force('y')

    assert.equal(stream.writableLength, 103)
  })

  it('tells every time the reader has caught up, of what was dropped since', async () => {
    const stream = new SlowOutput()
    const output = outputTo(stream)

    output.write(() => 'x'.repeat(20))
    output.write(() => 'a')
    await stream.read()
    stream.block()
    output.write(() => 'x'.repeat(20))
    output.write(() => 'b')
    output.write(() => 'c')
    await stream.read()
    output.stop()

    assert.deepEqual(stream.lines, ['x'.repeat(20), 'dropped 1', 'x'.repeat(20), 'dropped 2'])
    assert.equal(stream.listenerCount('drain'), 0)
  })

  it('tells of the rest when it ends before the reader has caught up', async () => {
    const stream = new SlowOutput()
    const output = outputTo(stream)

    output.write(() => 'x'.repeat(20))
    output.write(() => 'a')
    output.write(() => 'b')
    output.stop()
    assert.equal(stream.listenerCount('drain'), 0)
    await stream.read()

    assert.deepEqual(stream.lines, ['x'.repeat(20), 'dropped 2'])
  })

  it('writes to what does not say how much waits', () => {
    const written: string[] = []
    const output = new BoundedOutput({ write: (text) => written.push(text) }, String, { maxWaitingLength: 1 })

    output.write(() => 'abc')

    assert.deepEqual(written, ['abc\n'])
  })

  it('keeps a flood of messages to half of the bound, and tells of links beyond it', async () => {
    const stream = new SlowOutput()
    const reporter = new JsonReporter(stream, new SlowOutput(), { clock: { now: () => TIME } })
    const ready = { event: 'ready', time: TIME } as ReadyJson
    const flood = 6_000

    reporter.ready(ready)

    for (let i = 0; i < flood; i++) {
      reporter.event(message({ log: 'x'.repeat(1_000) }))
    }

    assert.ok(stream.writableLength <= MAX_WAITING_LENGTH / 2 + 2_000)
    reporter.event({ event: 'link:close', time: TIME })
    await stream.read()

    const lines = stream.lines.map((line) => JSON.parse(line) as EventJson)
    const shown = lines.filter(({ event }) => event === 'message').length

    assert.ok(shown > 1_000)
    assert.deepEqual(lines[0], ready)
    assert.deepEqual(lines.slice(-2), [
      { event: 'link:close', time: TIME },
      { event: 'dropped', time: TIME, count: flood - shown }
    ])
  })

  it('drops all other events of JSON at the bound', () => {
    const stream = new SlowOutput()
    const reporter = new JsonReporter(stream, new SlowOutput(), { maxWaitingLength: 1_000 })

    for (let i = 0; i < 1_000; i++) {
      reporter.event({ event: 'link:open', time: TIME })
    }

    assert.ok(stream.writableLength > 900 && stream.writableLength <= 1_100)
    reporter.stop()
  })

  it('drops plain lines too, on either output', async () => {
    const [out, err] = [new SlowOutput(), new SlowOutput()]
    const reporter = new LineReporter(out, err, { maxWaitingLength: 100 })

    for (let i = 0; i < 100; i++) {
      reporter.event({ event: 'federation:ready', time: TIME, neighbours: [] })
      reporter.event({
        event: 'join:failed',
        time: TIME,
        target: 'a',
        error: { message: 'b' },
        retryAt: TIME
      })
    }

    for (const stream of [out, err]) {
      assert.ok(stream.writableLength <= 200)
      await stream.read()
      assert.match(stream.lines.at(-1) ?? '', / 9[4-9] lines left out: they are read too slowly$/)
    }
  })
})
