package dev.tocsin.vet;

import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.PolicyFragment;
import dev.tocsin.compile.delivery.TemplateText;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** Asks whether Alertmanager would take what was compiled, before it goes live. */
public interface ConfigurationVetter {

    /**
     * The ones that are refused, each judged by itself: its part of the configuration and every template in it.
     *
     * @throws java.io.UncheckedIOException if the engine cannot be asked: nothing is known of any then
     */
    Map<ContactPointFragment, Verdict.Refused> refusedContactPoints(Collection<ContactPointFragment> fragments);

    /**
     * The ones that are refused, each judged by itself.
     *
     * @throws java.io.UncheckedIOException if the engine cannot be asked
     */
    Map<PolicyFragment, Verdict.Refused> refusedPolicies(Collection<PolicyFragment> fragments);

    /**
     * Whether any of these templates fails on such alerts.
     *
     * @param data what Alertmanager would execute it with, as JSON
     * @throws java.io.UncheckedIOException if the engine cannot be asked
     */
    boolean failsOn(Collection<TemplateText> templates, String data);

    /**
     * What the engine says against a whole configuration; empty when it takes it.
     *
     * @param yaml the exact text that would be published
     * @throws java.io.UncheckedIOException if the engine cannot be asked
     */
    Optional<String> objection(String yaml);

    /**
     * What the engine says against a whole configuration when it is started with it, here and to no other end; empty
     * when it takes it or cannot be started here. It sees what a check of the text does not, and takes longer.
     *
     * @param yaml the exact text that would be published
     * @throws java.io.UncheckedIOException if the engine cannot be asked
     */
    default Optional<String> objectionAtStart(String yaml) {
        return Optional.empty();
    }
}
