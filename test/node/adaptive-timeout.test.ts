/**
 * A fault of `@libp2p/utils` that `node/libp2p-options.ts` avoids. The test
 * asserts the fault as it is (7.4.1): when it fails, the package was repaired,
 * and the interval of the connection monitor's averages may go.
 *
 * The report for the package:
 *
 * > **`AdaptiveTimeout` throws a `RangeError` for ever after the clock was set
 * > back**
 * >
 * > ```js
 * > import { AdaptiveTimeout } from '@libp2p/utils'
 * >
 * > const timeout = new AdaptiveTimeout()
 * > timeout.cleanUp(timeout.getTimeoutSignal())
 * > // the system's clock is set back by an hour
 * > timeout.cleanUp(timeout.getTimeoutSignal())
 * > timeout.getTimeoutSignal()
 * > // RangeError: The value of "delay" is out of range. Received NaN
 * > ```
 * >
 * > `MovingAverage` measures the time between two values by `Date.now()`. When
 * > it is negative, `Math.exp(-(t - pt) / timeSpan)` is greater than 1, and
 * > `Infinity` from 709 times the `timeSpan` on (59 minutes with the default of
 * > 5 s). The average then becomes `NaN` and stays so. libp2p's connection
 * > monitor aborts every connection at each ping from then on.
 * > `performance.now()` repairs it.
 */
import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { AdaptiveTimeout } from '@libp2p/utils'

const HOUR = 3_600_000

function measureAcrossStep(timeout: AdaptiveTimeout): void {
  const now = mock.method(Date, 'now', () => 10 * HOUR)

  try {
    timeout.cleanUp(timeout.getTimeoutSignal())
    now.mock.mockImplementation(() => 9 * HOUR)
    timeout.cleanUp(timeout.getTimeoutSignal())
    timeout.cleanUp(timeout.getTimeoutSignal())
  } finally {
    now.mock.restore()
  }
}

describe('AdaptiveTimeout of @libp2p/utils', () => {
  it('throws after the clock was set back by an hour', () => {
    assert.throws(() => measureAcrossStep(new AdaptiveTimeout()), RangeError)
  })

  it('does not when its averages stand still', () => {
    measureAcrossStep(new AdaptiveTimeout({ interval: Infinity }))
  })
})
