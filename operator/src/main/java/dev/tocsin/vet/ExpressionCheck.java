package dev.tocsin.vet;

import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.Verdict;
import java.util.Collection;
import java.util.Map;

/** Asks a datasource whether it accepts the expressions of rules. */
public interface ExpressionCheck {

    /** The rules that the datasource refuses; a rule about which it cannot be asked is not among them. */
    Map<CompiledRule, Verdict> check(Collection<CompiledRule> rules);
}
