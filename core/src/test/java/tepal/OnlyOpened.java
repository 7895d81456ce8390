// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// A test of what opened mode adds. Beside it stands a test of what portable mode does instead.
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfSystemProperty(named = "tepal.mode", matches = "opened")
@interface OnlyOpened {}
