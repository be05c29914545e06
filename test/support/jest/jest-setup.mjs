// CommonJS packages that require these ES modules need them evaluated first.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
