import { describeLive } from '@telos/testkit';
import { createLocalLive } from './local-live.ts';

describeLive('in memory', async () => createLocalLive());
