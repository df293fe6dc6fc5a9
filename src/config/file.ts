import { closeSync, openSync, readSync } from 'node:fs'
import { LineCounter, parseDocument } from 'yaml'
import { MAX_FILE_BYTES } from './constants.ts'
import { ConfigError } from './errors.ts'

/**
 * Reads a configuration file, YAML or JSON. An empty file is an empty
 * configuration.
 *
 * @throws {ConfigError} when the file cannot be read, is too large or is malformed
 */
export function readConfigFile(path: string): unknown {
  return parseText(readText(path), path)
}

function readText(path: string): string {
  const bytes = readBytes(path)

  if (bytes.length > MAX_FILE_BYTES) {
    throw fault(path, `expected at most ${MAX_FILE_BYTES} bytes`)
  }

  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw fault(path, 'expected UTF-8 text', error)
  }
}

/** One byte more than is allowed at most, whatever the file says of its size: it may be a device or a pipe. */
function readBytes(path: string): Uint8Array {
  const buffer = new Uint8Array(MAX_FILE_BYTES + 1)
  let descriptor: number | undefined
  let length = 0

  try {
    descriptor = openSync(path, 'r')

    while (length < buffer.length) {
      const read = readSync(descriptor, buffer, length, buffer.length - length, null)

      if (read === 0) {
        break
      }

      length += read
    }
  } catch (error) {
    throw fault(path, `cannot be read: ${reasonOf(error)}`, error)
  } finally {
    if (descriptor != null) {
      closeSync(descriptor)
    }
  }

  return buffer.subarray(0, length)
}

function parseText(text: string, path: string): unknown {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'error'
  })
  const problem = document.errors[0] ?? document.warnings[0]

  if (problem != null) {
    const { line, col } = lineCounter.linePos(problem.pos[0])

    throw fault(
      `${path}:${line}:${col}`,
      problem.code === 'MULTIPLE_DOCS' ? 'expected one document' : lineOf(problem.message),
      problem
    )
  }

  try {
    return (document.toJS({ maxAliasCount: 100 }) as unknown) ?? {}
  } catch (error) {
    throw fault(path, lineOf((error as Error).message), error)
  }
}

function fault(source: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError([{ source, path: '', message }], { cause })
}

function lineOf(message: string): string {
  return message.split('\n', 1)[0] ?? message
}

const REASONS = new Map([
  ['ENOENT', 'no such file'],
  ['EACCES', 'permission denied'],
  ['EISDIR', 'it is a directory']
])

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException

  return REASONS.get(code ?? '') ?? lineOf(message)
}
