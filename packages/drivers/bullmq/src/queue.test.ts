import { describeQueue } from '@telos/testkit';
import { openQueue } from './open-queue.ts';
import { testAddress } from './testing/test-address.ts';

describeQueue('on Redis', async () => openQueue({ address: testAddress('redis') }));
describeQueue('on PostgreSQL', async () => openQueue({ address: testAddress('postgres') }));
