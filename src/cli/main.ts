#!/usr/bin/env node
/** The `nebula` command. Everything but the process itself is in `run.ts`. */
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** Milliseconds until a process that has done its work is ended: libp2p's queues keep timers of a second. */
const LINGER_MS = 100

/** What writing to a closed pipe, and again to it, fails with. */
const CLOSED = ['EPIPE', 'ERR_STREAM_DESTROYED', 'EIO']

// Not in the shared temporary directory, where others could put code of theirs.
const cacheHome = process.env['XDG_CACHE_HOME'] ?? ''
enableCompileCache(join(isAbsolute(cacheHome) ? cacheHome : join(homedir(), '.cache'), 'nebula', 'compile'))

const { endProcess } = await import('./end-process.ts')
const { errorText, run } = await import('./run.ts')
const argv = process.argv.slice(2)
const { promise: outputClosed, resolve: closeOutput } = Promise.withResolvers<void>()

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!CLOSED.includes(error.code ?? '')) {
      throw error
    }

    closeOutput()
  })
}

function fail(error: unknown): void {
  process.stderr.write(errorText(error, argv.includes('--verbose')))
  void endProcess(1)
}

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)

process.exitCode = await run(argv, {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  outputClosed
})
setTimeout(() => void endProcess(), LINGER_MS).unref()
