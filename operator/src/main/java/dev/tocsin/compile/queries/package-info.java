/**
 * The form of a rule with queries, expressions and a condition, turned into expressions that the engine evaluates. What
 * the engine cannot express exactly is refused. Upstream of the rule compiler.
 */
@NullMarked
package dev.tocsin.compile.queries;

import org.jspecify.annotations.NullMarked;
