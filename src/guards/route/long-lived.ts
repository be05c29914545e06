import { SetMetadata } from '@nestjs/common';

export const longLivedKey = 'velro:long-lived';

/** The answer may last as long as its connection: it takes no place of the requests that an account may have at once. */
export const LongLived = (): MethodDecorator & ClassDecorator => SetMetadata(longLivedKey, true);
