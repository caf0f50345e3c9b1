import { testSlices } from '../slices.ts';
import { tenancies } from './index.ts';

testSlices(tenancies);
