import { InvalidParametersError } from '@libp2p/interface'
import { constants } from 'node:fs'
import { lstat, open, realpath, stat } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'

/** A path leads to a directory, a pipe, a device or a socket where a file is needed. */
export class NotRegularFileError extends InvalidParametersError {
  override readonly name = 'NotRegularFileError'
  readonly path: string

  constructor(path: string, kind: string) {
    super(`${path} has to be a regular file, and is ${kind}`)
    this.path = path
  }
}

/** A file was opened but cannot be read. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError'
  readonly path: string

  constructor(path: string, cause: unknown) {
    super(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.path = path
  }
}

/**
 * Opens a regular file for reading. Opening a pipe that has no writer would
 * block a thread of Node.js, which nothing can abort.
 *
 * @throws {NotRegularFileError} and what the system does, which names the path
 */
export async function openRegular(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)

  try {
    assertRegular(path, await file.stat())

    return file
  } catch (err) {
    await file.close()

    throw err
  }
}

/**
 * All of a regular file.
 *
 * @throws {UnreadableFileError} and as `openRegular`
 */
export async function readRegular(path: string): Promise<Buffer> {
  const file = await openRegular(path)

  try {
    return await file.readFile()
  } catch (err) {
    throw new UnreadableFileError(path, err)
  } finally {
    await file.close()
  }
}

/** @throws {NotRegularFileError} and what the system does, which names the path */
export async function checkRegular(path: string): Promise<void> {
  assertRegular(path, await stat(path))
}

/**
 * Where a file is to be renamed to, so that nothing but a regular file is
 * replaced: the path, or what a symbolic link leads to.
 *
 * @throws {NotRegularFileError} when there is something else, or a link that leads nowhere
 */
export async function replaceable(path: string): Promise<string> {
  const found = await lstat(path).catch(ifThere)

  if (found == null) {
    return path
  }

  if (!found.isSymbolicLink()) {
    assertRegular(path, found)

    return path
  }

  const target = await realpath(path).catch(ifThere)

  if (target == null) {
    throw new NotRegularFileError(path, 'a symbolic link that leads nowhere')
  }

  await checkRegular(target)

  return target
}

function ifThere(err: NodeJS.ErrnoException): undefined {
  if (err.code !== 'ENOENT') {
    throw err
  }
}

function assertRegular(path: string, stats: Stats): void {
  if (!stats.isFile()) {
    throw new NotRegularFileError(path, kindOf(stats))
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) {
    return 'a directory'
  }

  if (stats.isFIFO()) {
    return 'a pipe'
  }

  return stats.isSocket() ? 'a socket' : 'a device'
}
