import { spawnSync } from 'node:child_process'

/** The user's, and Debian's, for which the package python3-zeroconf installs. */
const COMMANDS = ['python3', '/usr/bin/python3']

/** A Python that has `zeroconf`; undefined when none does. */
export const python = COMMANDS.find(
  (command) => spawnSync(command, ['-c', 'import zeroconf'], { stdio: 'ignore' }).status === 0
)

/** Why nothing can be browsed with it, for a test's `skip`; `false` when it can. */
export const pythonUnavailable: string | false =
  python == null ? 'needs Python with zeroconf (the Debian package python3-zeroconf)' : false
