import { describeLimiter } from '@telos/testkit';
import { createLocalLimiter } from './local-limiter.ts';

describeLimiter('in the process', async (clock) => {
  const limiter = createLocalLimiter(clock);
  return [limiter, limiter];
});
