/** Run as a process of its own, to be killed: starts the embedded cloud, uploads a file and lets it work. */
import { EmbeddedCloud } from '../../../local/embedded-cloud.ts';

const [assembly = '', state = '', time = '', bucket = '', key = '', path = ''] = process.argv.slice(2);

const cloud = await EmbeddedCloud.start({ assembly, state, time: new Date(time) });
await cloud.upload(bucket, key, path);
await cloud.settle();
await cloud.stop();
