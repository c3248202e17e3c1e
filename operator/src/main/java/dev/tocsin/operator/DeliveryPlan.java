package dev.tocsin.operator;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.delivery.AlertmanagerConfiguration;
import dev.tocsin.compile.delivery.Assembler.Reference;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.DeadRoutes.DeadRoute;
import dev.tocsin.compile.delivery.PolicyFragment;
import dev.tocsin.publish.ConfigurationStore;
import dev.tocsin.publish.LiveFragments;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is to be published now, and what that means for each object.
 *
 * @param content the configuration's text, and {@code lastGood}
 * @param filled the share of the room for it that is used
 * @param lastGood the last good version of each object, with this plan's
 * @param defaultMissing the configured default contact point when nothing of it is live
 * @param deadRoutes of each policy that is live, where it has some
 * @param notPermitted the references to each contact point that it does not allow
 */
record DeliveryPlan(
        AlertmanagerConfiguration configuration,
        ConfigurationStore.Content content,
        double filled,
        LiveFragments lastGood,
        Map<ObjectKey, Outcome<ContactPointFragment>> contactPoints,
        Map<ObjectKey, Outcome<PolicyFragment>> policies,
        Optional<ObjectKey> defaultMissing,
        Map<ObjectKey, List<DeadRoute>> deadRoutes,
        Map<ObjectKey, List<Reference>> notPermitted) {

    /**
     * What becomes of one object.
     *
     * @param uid the object's uid
     * @param generation the object's generation, on which the verdict is
     * @param verdict on the object as it stands
     * @param live the version of it that is in the configuration; null when none is
     */
    record Outcome<F>(
            String uid,
            long generation,
            Verdict verdict,
            @Nullable F live) {

        /** Whether this is about that very version of the object. */
        boolean isAbout(HasMetadata object) {
            return uid.equals(object.getMetadata().getUid())
                    && Objects.equals(generation, object.getMetadata().getGeneration());
        }
    }
}
