import type { Check } from '../check.ts';
import { image } from './image/index.ts';
import { operating } from './pages.ts';
import { s3 } from './s3/index.ts';
import { versions } from './versions.ts';

/** The checks of what operators are told. */
export const operations: readonly Check[] = [operating, image, s3, versions];
