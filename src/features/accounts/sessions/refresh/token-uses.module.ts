import { Global, Module } from '@nestjs/common';
import { TokenUses } from '../../../../ports/accounts/token-uses.js';
import { AccessTokenUses } from './access-token-uses.js';

/** Global: the token guard, which runs before every feature, notes the uses. */
@Global()
@Module({ providers: [{ provide: TokenUses, useClass: AccessTokenUses }], exports: [TokenUses] })
export class TokenUsesModule {}
